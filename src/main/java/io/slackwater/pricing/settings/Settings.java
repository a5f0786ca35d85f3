package io.slackwater.pricing.settings;

import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/**
 * Everything that can be set, read once and checked as a whole. Each component names its key in
 * {@code jobs/pricing.properties}, where meaning, default and limits stand.
 *
 * @param mode {@code mode}
 * @param start what a start without state may do
 * @param kafka {@code kafka.*}
 * @param input {@code input.*}
 * @param pricing {@code pricing.*}, {@code metrics.*} and {@code alerts.*}
 * @param lake {@code lake.*}
 * @param database {@code database.*}
 */
public record Settings(
        Mode mode,
        Start start,
        Kafka kafka,
        Input input,
        Pricing pricing,
        Lake lake,
        Database database)
        implements Serializable {

    /**
     * Every setting by its key, as it would be written: a reader of these properties has the same
     * settings, but for passwords and the properties {@code kafka.client.NAME} and {@code
     * lake.catalog.NAME}, which may hold secrets and are left out.
     */
    public Properties toProperties() {
        Properties properties = new Properties();
        for (Setting<?> setting : DeclaredSettings.all()) {
            properties.setProperty(setting.key(), setting.text(this));
        }
        return properties;
    }

    /** When a run ends. */
    public enum Mode {
        /** Never by itself. */
        LIVE,
        /** When every input is read to the end offset that it had at the start. */
        BOUNDED
    }

    /** Where a start without state finds the older versions of the rule books. */
    public enum RulesHistory {
        /** On {@code pricing_rules}, which keeps every version. */
        TOPIC,
        /** What the topic no longer has, in the lake. */
        LAKE
    }

    /** What a failure may do to the Kafka outputs. */
    public enum Delivery {
        /** Nothing is lost or doubled; readers of committed records see it at the checkpoint. */
        EXACTLY_ONCE,
        /** Nothing is lost, something may come twice; readers see it within milliseconds. */
        AT_LEAST_ONCE
    }

    /** What is published of stock levels that changed nothing. */
    public enum Publish {
        /** Nothing: a record only where price, quantity, tier or currency changed. */
        CHANGES,
        /** A record for every stock level that became the newest of its key. */
        ALL
    }

    /** Where the Iceberg tables are listed. */
    public enum Catalog {
        JDBC,
        REST
    }

    /**
     * @param fresh {@code start.fresh}: a live job whose consumer group has read inventory before
     *     may begin again without its state
     * @param rulesHistory {@code rules.history}
     */
    public record Start(boolean fresh, RulesHistory rulesHistory) implements Serializable {}

    /**
     * @param bootstrapServers {@code kafka.bootstrap.servers}
     * @param environment {@code kafka.environment}: tells the consumer group and the transactional
     *     ids of two jobs on one cluster apart
     * @param delivery {@code kafka.delivery}
     * @param transactionTimeout {@code kafka.transaction.timeout}
     * @param createTopics {@code kafka.topics.create}
     * @param partitions {@code kafka.topics.partitions}, of topics that the job creates
     * @param replication {@code kafka.topics.replication}, of topics that the job creates
     * @param priceTrace {@code kafka.price.trace}: records of price_list carry their trace
     * @param client {@code kafka.client.NAME}: handed to every Kafka client as NAME
     */
    public record Kafka(
            String bootstrapServers,
            String environment,
            Delivery delivery,
            Duration transactionTimeout,
            boolean createTopics,
            int partitions,
            int replication,
            boolean priceTrace,
            Map<String, String> client)
            implements Serializable {
        /** Without the client's properties: some are secrets. */
        @Override
        public String toString() {
            return "Kafka[" + bootstrapServers + " " + environment + " " + delivery + "]";
        }
    }

    /**
     * @param quantityMin {@code input.quantity.min}, inclusive
     * @param quantityMax {@code input.quantity.max}, inclusive
     * @param maxFuture {@code input.max.future}: how far an event time may be ahead of the Kafka
     *     record's timestamp
     * @param maxWarehouses {@code input.max.warehouses} of one message
     * @param completeMessages {@code input.complete.messages}: a message names every warehouse
     * @param outOfOrderness {@code input.out.of.orderness}: how late a stock level may come and
     *     still count in its window
     * @param idleAfter {@code input.idle.after}: with no message for so long, event time follows
     *     the wall clock; zero: never
     */
    public record Input(
            long quantityMin,
            long quantityMax,
            Duration maxFuture,
            int maxWarehouses,
            boolean completeMessages,
            Duration outOfOrderness,
            Duration idleAfter)
            implements Serializable {}

    /**
     * @param book {@code pricing.book}: the rule book that prices
     * @param keptVersions {@code pricing.kept.versions}: how many versions are kept; a book that
     *     needs more is refused
     * @param publish {@code pricing.publish}
     * @param window {@code metrics.window}
     * @param lowStock {@code alerts.low.stock}: low is below it and above 0
     * @param priceJumpPercent {@code alerts.price.jump.percent}: a change of more than this, up or
     *     down, is a jump
     * @param breakerSharePercent {@code rules.breaker.share.percent}: a book that moves more than
     *     this share of all prices too far is refused; 100: none is
     * @param breakerMovePercent {@code rules.breaker.move.percent}: too far is more than this, up
     *     or down
     * @param live whether event time is about now; in a bounded run it is that of the history, and
     *     says nothing of when a book was published
     */
    public record Pricing(
            String book,
            int keptVersions,
            Publish publish,
            Duration window,
            long lowStock,
            int priceJumpPercent,
            int breakerSharePercent,
            int breakerMovePercent,
            boolean live)
            implements Serializable {

        /**
         * The same for a bounded run: without the circuit breaker, for what is known when a book is
         * read depends there on what is read first.
         */
        public Pricing forHistory() {
            return new Pricing(
                    book,
                    keptVersions,
                    publish,
                    window,
                    lowStock,
                    priceJumpPercent,
                    100,
                    breakerMovePercent,
                    false);
        }
    }

    /**
     * @param enabled {@code lake.enabled}
     * @param catalog {@code lake.catalog}
     * @param uri {@code lake.uri} of the catalog
     * @param user {@code lake.user} of a JDBC catalog
     * @param password from the environment, {@code SLACKWATER_LAKE_PASSWORD}
     * @param warehouse {@code lake.warehouse}: where the data files lie; may be empty with REST
     * @param buckets {@code lake.buckets} of product_id in pricing.events, when it is created
     * @param properties {@code lake.catalog.NAME}: handed to the catalog as NAME
     */
    public record Lake(
            boolean enabled,
            Catalog catalog,
            String uri,
            String user,
            String password,
            String warehouse,
            int buckets,
            Map<String, String> properties)
            implements Serializable {
        @Override
        public String toString() {
            return "Lake[" + catalog + " " + uri + "]";
        }
    }

    /**
     * @param enabled {@code database.enabled}
     * @param url {@code database.url}
     * @param user {@code database.user}
     * @param password from the environment, {@code SLACKWATER_DATABASE_PASSWORD}
     */
    public record Database(boolean enabled, String url, String user, String password)
            implements Serializable {
        @Override
        public String toString() {
            return "Database[" + url + "]";
        }
    }
}
