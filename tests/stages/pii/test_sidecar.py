from __future__ import annotations

import pyarrow as pa

from eurosift.stages.pii import Pii, PiiConfig
from eurosift.stages.pii.sidecar import records


def test_records_have_the_five_keys_and_no_value(key):
    stage = Pii(PiiConfig(mode="spans"), name="pii")
    stage.open()
    texts = ["\U0001f600 anna@firma.eu", None, "x", "ANNA (at) firma.eu PESEL 44051401359"]
    batch = pa.record_batch({"id": pa.array(["a", "b", "c", "d"]), "text": pa.array(texts)})
    found = list(records(stage, batch, key))
    assert [set(r) for r in found] == [{"id", "name", "value", "start_pos", "end_pos"}] * 3
    assert [(r["id"], r["name"]) for r in found] == [
        ("a", "email"),
        ("d", "email_obfuscated"),
        ("d", "pl.pesel"),
    ]
    assert texts[0][found[0]["start_pos"] : found[0]["end_pos"]] == "anna@firma.eu"
    assert found[0]["value"] == found[1]["value"] != found[2]["value"]
    assert list(records(stage, batch, key + b"!")) != found
    assert "firma" not in str(found)
