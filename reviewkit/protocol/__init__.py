"""The protocol: the TOML file of a review as a frozen dataclass, and its validation."""
