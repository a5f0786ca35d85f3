package io.slackwater.pricing.dashboard;

import io.slackwater.pricing.dashboard.Board.Message;
import io.slackwater.pricing.dashboard.Board.Place;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the board to the visitors as Server-Sent Events. Every 250 ms at most, what changed is
 * written once and sent to all; at least once a second, so that a visitor knows that all is well.
 *
 * <p>Each visitor has a thread, which only ever holds up itself: one that falls behind gets one
 * update for all that it missed, and one that does not take an update within some seconds is
 * dropped, and comes back by itself, saying what it has.
 */
final class Updates implements AutoCloseable {

    /** Visitors at the same time. */
    static final int VISITORS = 200;

    private static final long INTERVAL_MILLIS = 250;
    private static final long HEARTBEAT_NANOS = 1_000_000_000L;

    /** A visitor that takes longer for one update has gone, or might as well have. */
    static final long SLOWEST_MILLIS = 10_000;

    /** Whoever loses the connection comes back after so many milliseconds. */
    private static final byte[] RETRY = "retry: 1000\n\n".getBytes(StandardCharsets.UTF_8);

    private static final Logger LOG = LoggerFactory.getLogger(Updates.class);

    private final Board board;
    private final Controls controls;
    private final LongSupplier clock;
    private final long slowestNanos;
    private final Set<Visitor> visitors = ConcurrentHashMap.newKeySet();
    private final Thread ticker;

    private Frame latest;
    private boolean closed;

    /**
     * An update, ready to be sent.
     *
     * @param number counts them
     * @param message what it holds
     * @param bytes as it is sent
     */
    private record Frame(long number, Message message, byte[] bytes) {}

    /** Somebody who looks. */
    private static final class Visitor {
        private final Thread thread = Thread.currentThread();

        /** When it began to send, nanoseconds; 0: it does not send. */
        private volatile long sendingSince;
    }

    /**
     * @param controls null: none
     * @param clock epoch milliseconds
     * @param slowestMillis a visitor that takes longer for one update is dropped
     */
    Updates(Board board, Controls controls, LongSupplier clock, long slowestMillis) {
        this.board = board;
        this.controls = controls;
        this.clock = clock;
        this.slowestNanos = slowestMillis * 1_000_000;
        latest = frame(0, board.message(null, clock.getAsLong()));
        ticker = new Thread(this::tick, "dashboard-updates");
        ticker.setDaemon(true);
    }

    void start() {
        ticker.start();
    }

    /** Visitors now. */
    int visitors() {
        return visitors.size();
    }

    private void tick() {
        long beat = System.nanoTime();
        Place told = latest.message().to();
        try {
            while (true) {
                Thread.sleep(INTERVAL_MILLIS);
                boolean due = System.nanoTime() - beat >= HEARTBEAT_NANOS;
                if (due) {
                    beat = System.nanoTime();
                    board.forget(clock.getAsLong());
                    promises();
                    dropTheStuck();
                }
                if (visitors.isEmpty()) {
                    // A visitor who comes gets everything; nobody has anything to add to.
                    told = board.place();
                } else if (due || !board.place().equals(told)) {
                    Message message = board.message(told, clock.getAsLong());
                    publish(message);
                    told = message.to();
                }
            }
        } catch (InterruptedException e) {
            // It is closed.
            Thread.currentThread().interrupt();
        }
    }

    private void promises() {
        if (controls == null) {
            return;
        }
        try {
            board.promises(controls.promises());
        } catch (RuntimeException e) {
            LOG.warn("The promises could not be told", e);
        }
    }

    private void dropTheStuck() {
        for (Visitor visitor : visitors) {
            long since = visitor.sendingSince;
            if (since != 0 && System.nanoTime() - since > slowestNanos) {
                // Closes the channel that it is blocked in.
                visitor.thread.interrupt();
            }
        }
    }

    private synchronized void publish(Message message) {
        latest = frame(latest.number() + 1, message);
        notifyAll();
    }

    private Frame frame(long number, Message message) {
        String event =
                "id: %s\nevent: %s\ndata: %s\n\n"
                        .formatted(
                                board.id(message.to()),
                                message.whole() ? "snapshot" : "update",
                                message.json());
        return new Frame(number, message, event.getBytes(StandardCharsets.UTF_8));
    }

    /** Waits for an update after one; null: it is closed. */
    private synchronized Frame next(long number) throws InterruptedException {
        while (!closed && latest.number() <= number) {
            wait();
        }
        return closed ? null : latest;
    }

    private synchronized long number() {
        return latest.number();
    }

    /**
     * Sends updates for as long as the visitor takes them.
     *
     * @param lastId what the visitor says it has; null: nothing
     */
    void serve(OutputStream out, String lastId) throws IOException {
        Visitor visitor = new Visitor();
        visitors.add(visitor);
        try {
            long number = number();
            Frame frame = frame(number, board.message(board.place(lastId), clock.getAsLong()));
            send(visitor, out, RETRY);
            send(visitor, out, frame.bytes());
            Place has = frame.message().to();
            while ((frame = next(number)) != null) {
                number = frame.number();
                Message message = frame.message();
                if (!message.whole() && !fits(message, has)) {
                    frame = frame(number, board.message(has, clock.getAsLong()));
                }
                send(visitor, out, frame.bytes());
                has = frame.message().to();
            }
        } catch (InterruptedException e) {
            // Dropped, or closed. The thread belongs to a pool, which looks after the rest.
            Thread.currentThread().interrupt();
        } finally {
            visitors.remove(visitor);
        }
    }

    /** Returns whether a visitor who has this can be given that message. */
    static boolean fits(Message message, Place has) {
        return message.from().epoch() == has.epoch()
                && message.from().change() <= has.change()
                && message.to().change() >= has.change();
    }

    private static void send(Visitor visitor, OutputStream out, byte[] event) throws IOException {
        visitor.sendingSince = System.nanoTime();
        out.write(event);
        out.flush();
        visitor.sendingSince = 0;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        ticker.interrupt();
        visitors.forEach(visitor -> visitor.thread.interrupt());
        try {
            ticker.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
