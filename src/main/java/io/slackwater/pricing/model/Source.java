package io.slackwater.pricing.model;

/**
 * Where an input came from.
 *
 * @param topic the Kafka topic
 * @param partition its partition
 * @param offset the record's offset in the partition
 * @param timestamp the Kafka record's timestamp, epoch milliseconds
 */
public record Source(String topic, int partition, long offset, long timestamp) {}
