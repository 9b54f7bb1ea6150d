"""The formats of files that hold settings, one module each: a `ConfigSource` (see `config.source`)."""
