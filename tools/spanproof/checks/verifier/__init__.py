"""The verifier of certificates, which shares no code with what finds proofs."""
