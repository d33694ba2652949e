"""``croissant.json``: the data set in the vocabulary of Croissant, derived from the manifest alone.

Croissant 1.0 with the properties of Croissant-RAI 1.0 (MLCommons). Every file is named with its
SHA-256, every configuration of the card is a record set over the files of its folder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from eurosift.langid import buckets
from eurosift.langid.languages import LANGUAGES

_CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_PARQUET = "application/x-parquet"
_TYPES = {
    "string": "sc:Text",
    "bool": "sc:Boolean",
    "float": "sc:Float",
    "int32": "sc:Integer",
    "int64": "sc:Integer",
    "date32[day]": "sc:Date",
    "timestamp[ms, tz=UTC]": "sc:DateTime",
}
"""Columns of other types have parts, which a card need not take to pieces."""


def croissant(manifest: Mapping[str, Any]) -> str:
    """Write the description of a release.

    Parameters
    ----------
    manifest
        The content of ``manifest.json``.
    """
    kept = [entry for entry in manifest["files"] if "split" in entry]
    labels = list(dict.fromkeys(entry["language"] for entry in kept))
    spoken = dict.fromkeys(buckets.split(label)[0] for label in labels)
    described = manifest["description"] or (
        f"{manifest['title']}: texts of web pages in {len(spoken)} languages, made with eurosift."
    )
    document: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [
            "http://mlcommons.org/croissant/1.0",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "name": manifest["title"],
        "description": described,
        "license": manifest["license"],
        "inLanguage": [LANGUAGES[c].iso639_1 or c[:3] if c in LANGUAGES else c[:3] for c in spoken],
        "keywords": ["pre-training", "web crawl", "language model"],
        "isLiveDataset": False,
        **_if_told(manifest),
        **_responsible(manifest),
        "distribution": [_file(entry) for entry in manifest["files"]]
        + [_file_set(label) for label in labels],
        "recordSet": [_record_set(label, manifest["columns"]["data"]) for label in labels],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _if_told(manifest: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "url": manifest["url"],
        "version": manifest["release_version"],
        "datePublished": manifest["published"],
    }
    if manifest["creator"]:
        found["creator"] = {"@type": "sc:Organization", "name": manifest["creator"]}
    return {name: value for name, value in found.items() if value}


def _responsible(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of Croissant-RAI."""
    days = [day for f in manifest["languages"].values() for day in f["dates"] or ()]
    privacy = manifest["pii"]
    found = {
        "rai:dataCollection": "Pages of web crawls; the text of each was taken out of its markup.",
        "rai:dataCollectionType": ["Web Scraping"],
        "rai:dataCollectionTimeframe": [min(days), max(days)] if days else [],
        "rai:dataPreprocessingProtocol": [
            f"{name}: version {stage['version']} of the stage, configuration "
            f"{stage['config_digest']}"
            for name, stage in manifest["stages"].items()
        ],
        "rai:machineAnnotationTools": ["eurosift"],
        "rai:personalSensitiveInformation": (
            "No personal identifiers were looked for."
            if privacy is None
            else "Structured identifiers were looked for ("
            f"{', '.join(privacy['types'])}; {', '.join(privacy['modes'])}). Names of persons "
            "are not removed."
        ),
        "rai:dataLimitations": (
            "Texts of the web as they were found: they may be wrong, offensive, biased, outdated, "
            "or written by machines. Language and quality are decided by models and rules."
        ),
    }
    if manifest["contact"]:
        found["rai:dataReleaseMaintenancePlan"] = f"Requests for removal: {manifest['contact']}"
    return {name: value for name, value in found.items() if value}


def _file(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": entry["path"],
        "name": entry["path"],
        "contentUrl": entry["path"],
        "contentSize": f"{entry['size_bytes']} B",
        "encodingFormat": _PARQUET,
        "sha256": entry["sha256"],
    }


def _file_set(label: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"files-{label}",
        "name": f"files-{label}",
        "encodingFormat": _PARQUET,
        "includes": f"data/{label}/*.parquet",
    }


def _record_set(label: str, columns: Mapping[str, str]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": label,
        "name": label,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{label}/{name}",
                "name": f"{label}/{name}",
                "dataType": _TYPES[kind],
                "source": {"fileSet": {"@id": f"files-{label}"}, "extract": {"column": name}},
            }
            for name, kind in columns.items()
            if kind in _TYPES
        ],
    }
