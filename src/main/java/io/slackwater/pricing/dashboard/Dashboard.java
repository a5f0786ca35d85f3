package io.slackwater.pricing.dashboard;

import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * The live page: what the job does, in a browser, within a second. It is made from the output
 * topics alone, so it runs beside any cluster, and neither asks nor disturbs the job.
 *
 * <pre>
 *  price_list, rule_status   (from their beginning)  ──┐
 *  dashboard_metrics, alerts, dead_letters  (newest) ──┴─► TopicReader ─► Board ─► Updates ─► browsers
 *  is the broker there? which topics? open transactions? ─► BrokerWatch ─┘  └─► PageServer ─► /api, /metrics
 * </pre>
 *
 * <p>A broker that is away, at the start or later, is no error: the page says so and waits.
 */
public final class Dashboard implements AutoCloseable {

    /**
     * Prices that are remembered in all, with the reasons for them: some hundred bytes each. The
     * newest price of each key is kept besides.
     */
    static final int HISTORY = 200_000;

    private final Updates updates;
    private final TopicReader reader;
    private final BrokerWatch watch;
    private final PageServer server;

    private Dashboard(
            Settings settings, String bindAddress, int port, Controls controls, LongSupplier clock)
            throws IOException {
        Board board = new Board(settings.pricing().book(), HISTORY, clock.getAsLong());
        if (controls != null) {
            board.buttons(controls.buttons());
        }
        updates = new Updates(board, controls, clock, Updates.SLOWEST_MILLIS);
        reader = new TopicReader(settings, board, clock);
        watch = new BrokerWatch(settings, board, reader::topics, clock);
        server =
                new PageServer(
                        bindAddress,
                        port,
                        board,
                        updates,
                        new Lookup(settings),
                        controls,
                        () -> Measures.of(board, watch, reader, updates.visitors()));
        updates.start();
        reader.start();
        watch.start();
        server.start();
    }

    /**
     * Starts it. It returns at once, whether a broker answers or not.
     *
     * @param settings of the job whose topics are shown
     * @param bindAddress such as {@code localhost}
     * @param port 0: any free one
     * @param controls null: none
     * @throws IllegalArgumentException with one sentence, when the address cannot be used or the
     *     settings make no Kafka client
     */
    public static Dashboard start(
            Settings settings, String bindAddress, int port, Controls controls) {
        // Mistakes are told here; the threads would only go on trying.
        try (Admin admin = Admin.create(Topics.client(settings, "start"))) {
            admin.close(Duration.ZERO);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            // A name that nobody knows yet may come, like the broker itself.
            if (!String.valueOf(cause.getMessage()).startsWith("No resolvable bootstrap")) {
                throw new IllegalArgumentException(
                        "The settings make no Kafka client: " + cause.getMessage(), e);
            }
        }
        try {
            return new Dashboard(settings, bindAddress, port, controls, System::currentTimeMillis);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "There is no address '" + bindAddress + "' on this machine.", e);
        } catch (BindException e) {
            throw new IllegalArgumentException(
                    "Port "
                            + port
                            + " of "
                            + bindAddress
                            + " cannot be used ("
                            + e.getMessage()
                            + "); another one, or 0 for any free one, is allowed.",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("The page cannot be served", e);
        }
    }

    /** Where it answers. */
    public int port() {
        return server.port();
    }

    /** Ends it with its threads; visitors see that it is gone. */
    @Override
    public void close() {
        updates.close();
        server.close();
        watch.close();
        reader.close();
    }
}
