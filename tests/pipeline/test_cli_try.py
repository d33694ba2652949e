import time
def test_try(project, eurosift, tmp_path):
    import shutil, pyarrow.parquet as pq
    t=time.time()
    project.perform(); print("perform", time.time()-t)
    import pathlib
    keep = tmp_path/"keep"; shutil.copytree(project.run_folder, keep)
    h=project.hashes(); shutil.rmtree(project.run_folder)
    t=time.time(); project.perform(); print("perform", time.time()-t)
    print({k for k in h if h[k]!=project.hashes()[k]}); shutil.rmtree(project.run_folder)
    for w in "12":
      for i in range(2):
        t=time.time()
        r = eurosift("run", project.recipe, "--workers", w)
        g = project.hashes(); print(w, time.time()-t, {k for k in h if h[k]!=g[k]}); 
        if i==0: shutil.rmtree(project.run_folder)
    for p in (keep, project.run_folder):
        f = pq.ParquetFile(p/"extract/00000.parquet")
        print(f.metadata.metadata[b"eurosift"])
        print(f.metadata, f.metadata.row_group(0))
    assert 0
