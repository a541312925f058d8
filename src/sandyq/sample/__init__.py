"""Made-up people and the sample office. Nothing here is about anybody."""
