"""The formats of config files, one module each: a `ConfigSource` (see `config_source`)."""
