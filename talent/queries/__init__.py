"""What lists, exports, API and reports of the talent part share."""
