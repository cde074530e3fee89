"""The language server: findings as one types, cures as quick fixes. Needs the extra `lsp`."""
