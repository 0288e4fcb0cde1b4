"""What is known about the vendor's API, by hand, and the program that compiles it; never read at run time."""
