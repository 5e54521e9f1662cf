"""What the API of the talent part shows and takes."""
