"""What every door that speaks HTTP needs: bounded bodies and limits of rate. It knows neither an office nor a page."""
