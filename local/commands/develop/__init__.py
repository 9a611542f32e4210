"""Commands for developers of this project: simulations, and the files that code writes."""
