"""The stages of the pipeline: what is done to the documents, one module or sub-package each."""
