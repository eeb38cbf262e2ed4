"""A language model as an option: asked in a fixed form, believed in nothing.

What is asked leaves through `session.Session` alone, which knows the marking of what it carries; what comes back is a
JSON object of a schema, and the stage that asked (`write.smooth`, `read.proposed`) takes it or drops it by its own
rules. With no `[llm] endpoint` in geppo.toml nothing here runs.
"""
