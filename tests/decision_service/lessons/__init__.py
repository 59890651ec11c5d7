"""What systems like this one have got wrong, tried here. ``docs/andras-fel.md`` has a row for each."""
