"""YOLOv10."""
