"""The Pub/Sub interface: events over gRPC, in Avro. Needs the extra `pubsub`."""
