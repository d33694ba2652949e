"""The built-in demo: a small crawl, made by the project itself and from nobody else's pages."""

from eurosift.pipeline.demo.crawl import write_crawl

__all__ = ["write_crawl"]
