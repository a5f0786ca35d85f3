package io.slackwater.pricing;

import io.slackwater.pricing.model.CatalogMessage;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.RuleBookMessage;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * What the topology reads. Where it comes from is for the caller to say: Kafka in the job, a list
 * in a test.
 *
 * @param inventory with the event time of each message as its timestamp, and watermarks
 * @param catalog without watermarks of its own
 * @param rules of parallelism 1: its order is the order of the books
 */
public record Inputs(
        DataStream<InventoryMessage> inventory,
        DataStream<CatalogMessage> catalog,
        DataStream<RuleBookMessage> rules) {}
