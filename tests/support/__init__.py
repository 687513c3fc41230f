"""What tests share: documents, a hub, a browser, a Label Studio."""
