"""Red lines over HTTP: facts and statements judged, the rules and models that decide."""
