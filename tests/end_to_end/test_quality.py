"""Rules are previewed, changed and applied without a look at the text; lists give reasons."""

import json

import polars as pl
import yaml

LISTS = {
    "lists/ut1/adult/domains": "kurierpodgorski.example\n||odd.example^\n",
    "lists/ut1/press/urls": "hornadolina.example/n\n",
    "lists/words/pl": "menu\nbar mleczny\nsklep\n",
}


def change(folder, edit):
    recipe = yaml.safe_load((folder / "recipe.yaml").read_text())
    edit(recipe["stages"])
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False))


def layer(folder, stage):
    return pl.read_parquet(sorted((folder / "runs" / "demo" / stage).glob("*.parquet")))


def test_a_threshold_is_previewed_applied_and_gives_what_was_said(finished, command):
    recipe = finished / "recipe.yaml"
    signals = sorted((finished / "runs" / "demo" / "signals").glob("*.parquet"))
    before = [path.stat().st_mtime_ns for path in signals]
    setting = "quality.rules.gopher_short_doc.min=10"
    said = json.loads(command("whatif", recipe, "--set", setting, "--format", "json").stdout)
    total = said["changes"][-1]
    kept = layer(finished, "quality").filter(pl.col("quality_reasons").list.len() == 0).height
    assert total["kept"] == kept
    assert total["gained"] > 0

    change(finished, lambda stages: stages["quality"].update(thresholds={"gopher_short_doc": 10}))
    command("run", recipe, "--quiet")
    after = layer(finished, "quality").filter(pl.col("quality_reasons").list.len() == 0).height
    assert after == kept + total["documents"]
    assert [path.stat().st_mtime_ns for path in signals] == before


def test_every_failing_rule_is_there_with_what_it_compared(demo):
    failed = layer(demo, "quality").explode("quality_failed").unnest("quality_failed")
    short = failed.filter(pl.col("rule") == "gopher_short_doc")
    assert short.height == 15
    assert (short["value"] < short["threshold"]).all()
    reasons = layer(demo, "quality")["quality_reasons"].list.len().sum()
    assert failed["rule"].count() == reasons


def test_lists_and_own_rules_give_their_reasons(fresh, command):
    for name, content in LISTS.items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).write_text(content)

    def edit(stages):
        rest = {name: stages.pop(name) for name in list(stages)}
        stages["extract"] = rest.pop("extract")
        stages["urls"] = {"lists": {"ut1": "lists/ut1"}}
        stages["langid"] = rest.pop("langid")
        stages["signals"] = rest.pop("signals")
        stages["words"] = {"lists": "lists/words"}
        stages["quality"] = {
            "rules": ["fineweb2", "bad_words"],
            "add": {"numbers": {"reject_if": "number_ratio > 0.02"}},
        }
        stages |= {name: rest[name] for name in ("dedup", "pii", "count", "release")}

    change(fresh, edit)
    validated = command("validate", fresh / "recipe.yaml")
    ran = command("run", fresh / "recipe.yaml", "--quiet")
    for done in (validated, ran):
        assert "domains:2: '||odd.example^' is no domain, suffix or URL" in done.stderr
    command("verify", fresh / "recipe.yaml")
    urls = layer(fresh, "urls").hstack(layer(fresh, "extract").select("url"))
    blocked = urls.filter(pl.col("urls_reasons").list.len() > 0)
    assert blocked.height > 0
    for url, reasons in blocked.select("url", "urls_reasons").iter_rows():
        assert reasons == (["adult"] if "kurierpodgorski" in url else ["press"])
    rejected = layer(fresh, "quality").explode("quality_reasons")["quality_reasons"]
    assert {"bad_words", "numbers"} <= set(rejected.drop_nulls())
    funnel = command("report", fresh / "recipe.yaml", "--by", "funnel", "--format", "csv").stdout
    assert (
        f"urls,rejected for,adult,{(blocked['urls_reasons'].list.first() == 'adult').sum()}"
        in funnel
    )
