"""腾笼 (tenglong): an industrial-renewal campaign from suspected firms to proven write-offs."""

__version__ = "0.1.0"
