"""Inputs by URL on a cluster: every element reads its own, and no folder has to be shared."""


def test_elements_read_their_inputs_by_url(on_cluster, web_server):
    project = on_cluster.project
    project.inputs(["mlt_Latn one two three"], ["mlt_Latn two", "ekk_Latn three"])
    for path in sorted((project.folder / "in").iterdir()):
        web_server.files[f"in/{path.name}"] = path.read_bytes()
        path.unlink()
    project.write({"label": None}, input={"path": f"{web_server.url}/in/*.jsonl"})
    web_server.faults = [None] * 2 + ["cut"]
    on_cluster.call("run", project.recipe, "--site", on_cluster.site, "--yes", "--wait", check=0)
    assert project.table("label").num_rows == 3
    assert not web_server.faults
