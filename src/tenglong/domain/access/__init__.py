"""Who may do what, and where: permissions and roles as data, territory scope."""
