package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.Inputs;
import io.slackwater.pricing.model.CatalogMessage;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.Source;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Inputs from memory: first everything that there is, as fast as it goes, then, when {@link #flow}
 * says so, messages at a steady pace, and rule books when they are {@linkplain #publish published}.
 * No source ever blocks its thread: checkpoints go on.
 *
 * <p>Sources are made where they run, from a class and nothing else, so they find the one instance
 * of the JVM.
 */
final class RepricingInputs {

    private static final int READERS = 2;

    private static volatile RepricingInputs instance;

    private final RepricingShop shop;
    private final int messagesPerSecond;
    private final List<byte[]> books = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<Void>> published = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> filling = new CompletableFuture<>();
    private final CompletableFuture<Void> never = new CompletableFuture<>();
    private volatile long flowsSince = Long.MAX_VALUE;
    private final CompletableFuture<Void> flows = new CompletableFuture<>();
    private final ScheduledExecutorService pace =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "pace");
                        thread.setDaemon(true);
                        return thread;
                    });

    /** Becomes the one instance of the JVM. */
    RepricingInputs(RepricingShop shop, int messagesPerSecond) {
        this.shop = shop;
        this.messagesPerSecond = messagesPerSecond;
        published.add(new CompletableFuture<>());
        instance = this;
    }

    Inputs attach(StreamExecutionEnvironment env) {
        return new Inputs(
                source(
                        env,
                        "read-inventory",
                        READERS,
                        new Messages(),
                        InventoryMessage.class,
                        true),
                source(env, "read-catalog", READERS, new Entries(), CatalogMessage.class, false),
                source(env, "read-rules", 1, new Books(), RuleBookMessage.class, false));
    }

    void publish(byte[] book) {
        books.add(book);
        published.add(new CompletableFuture<>());
        published.get(books.size() - 1).complete(null);
    }

    /** The stock may come now. */
    void fill() {
        filling.complete(null);
    }

    /** From now on messages come at their pace. */
    void flow() {
        flowsSince = System.currentTimeMillis();
        flows.complete(null);
    }

    private <T> DataStream<T> source(
            StreamExecutionEnvironment env,
            String name,
            int readers,
            Numbered<T> what,
            Class<T> type,
            boolean withEventTime) {
        DataGeneratorSource<T> source =
                new DataGeneratorSource<>(
                        what, Long.MAX_VALUE, parallelism -> what.pace(), TypeInformation.of(type));
        WatermarkStrategy<T> eventTime =
                WatermarkStrategy.forGenerator(context -> new Progress<>(withEventTime));
        return env.fromSource(source, eventTime, name).setParallelism(readers).uid(name);
    }

    /** How many products are a reader's: it alone speaks of them. */
    private int share() {
        return shop.products() / READERS;
    }

    /** When a message of a reader is due, epoch milliseconds. */
    private long due(long number) {
        return flowsSince + (number - share()) * 1_000 * READERS / messagesPerSecond;
    }

    private CompletionStage<Void> at(long time) {
        long wait = time - System.currentTimeMillis();
        if (wait <= 0) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> then = new CompletableFuture<>();
        pace.schedule(() -> then.complete(null), wait, TimeUnit.MILLISECONDS);
        return then;
    }

    /** Event time is the newest seen, as of a topic in order; or none at all. */
    private static final class Progress<T> implements WatermarkGenerator<T> {

        private final boolean counts;
        private long newest = Long.MIN_VALUE;

        Progress(boolean counts) {
            this.counts = counts;
        }

        @Override
        public void onEvent(T event, long timestamp, WatermarkOutput output) {
            if (counts) {
                newest = ((InventoryMessage) event).version().eventTime();
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            if (!counts) {
                output.markIdle();
            } else if (newest != Long.MIN_VALUE) {
                output.emitWatermark(new Watermark(newest - 1));
            }
        }
    }

    /** Records counted from 0 for each reader, each given when it is due. */
    private abstract static class Numbered<T> implements GeneratorFunction<Long, T> {

        private static final long serialVersionUID = 1;

        transient int reader;
        private transient long next;

        @Override
        public void open(SourceReaderContext context) {
            reader = context.getIndexOfSubtask();
        }

        @Override
        public T map(Long position) {
            return get(next++);
        }

        /** Asked more often than records are taken: it goes by those that were taken. */
        RateLimiter pace() {
            return () -> when(next);
        }

        abstract T get(long number);

        abstract CompletionStage<Void> when(long number);
    }

    private static final class Messages extends Numbered<InventoryMessage> {

        private static final long serialVersionUID = 1;

        private transient Random random;

        @Override
        InventoryMessage get(long number) {
            RepricingInputs all = instance;
            if (number < all.share()) {
                int product = (int) number * READERS + reader;
                return all.shop.message(product, reader, number, System.currentTimeMillis());
            }
            if (random == null) {
                random = new Random(RepricingBenchmark.SEED + reader);
            }
            int product = random.nextInt(all.share()) * READERS + reader;
            return all.shop.message(product, reader, number, all.due(number));
        }

        @Override
        CompletionStage<Void> when(long number) {
            RepricingInputs all = instance;
            if (number < all.share()) {
                return all.filling;
            }
            return all.flows.isDone() ? all.at(all.due(number)) : all.flows;
        }
    }

    private static final class Entries extends Numbered<CatalogMessage> {

        private static final long serialVersionUID = 1;

        @Override
        CatalogMessage get(long number) {
            int product = (int) number * READERS + reader;
            return new CatalogMessage(
                    new Source("product_catalog", reader, number, 1),
                    instance.shop.productId(product),
                    instance.shop.entry(product, 1),
                    null);
        }

        @Override
        CompletionStage<Void> when(long number) {
            return number < instance.share()
                    ? CompletableFuture.completedFuture(null)
                    : instance.never;
        }
    }

    private static final class Books extends Numbered<RuleBookMessage> {

        private static final long serialVersionUID = 1;

        @Override
        RuleBookMessage get(long number) {
            return new RuleBookMessage(
                    new Source("pricing_rules", 0, number, System.currentTimeMillis()),
                    "default".getBytes(StandardCharsets.UTF_8),
                    instance.books.get((int) number));
        }

        @Override
        CompletionStage<Void> when(long number) {
            return instance.published.get((int) number);
        }
    }
}
