"""Speed and accuracy, each as a printed table. No pass or fail: tests do that."""
