"""What controls judge and no kind of resource is: one file a service."""
