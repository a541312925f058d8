"""What stands beside a sample office so that its story can be seen on one machine: partners that receive, made-up people only."""
