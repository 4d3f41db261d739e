//! Ed25519 keys: the service's own, its siblings' public ones, and those that sign access tokens.
