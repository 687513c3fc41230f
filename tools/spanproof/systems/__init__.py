"""What annotates: the protocol of a system, its proof, environments, processes."""
