"""Names of types, the same before a file is written and after it is read."""

from __future__ import annotations

import pyarrow as pa


def type_name(type_: pa.DataType) -> str:
    """Name of a type as Parquet gives it back: the items of a list have no name of their own."""
    if pa.types.is_list(type_):
        return f"list<{type_name(type_.value_type)}>"
    if pa.types.is_large_list(type_):
        return f"large_list<{type_name(type_.value_type)}>"
    if pa.types.is_fixed_size_list(type_):
        return f"list[{type_.list_size}]<{type_name(type_.value_type)}>"
    if pa.types.is_struct(type_):
        return f"struct<{', '.join(f'{field.name}: {type_name(field.type)}' for field in type_)}>"
    return str(type_)
