"""What a month costs, from counted operations and list prices."""
