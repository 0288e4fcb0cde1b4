"""care-export: carries out versioned manifests against the Khoros Care Analytics Reports API."""

__version__ = "0.1.0"
