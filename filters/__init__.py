"""Signals over text and rules over signals, and the kernels that other packages share.

`kernel` compiles, `buffers` views Arrow strings, `words` segments; `signals` turns texts into
numbers, `rules` turns numbers into reasons. Nothing here reads or writes files of a run.
"""
