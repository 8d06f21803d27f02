"""What can be read off a review: its flow, versions, reports and tables. Changes no record."""
