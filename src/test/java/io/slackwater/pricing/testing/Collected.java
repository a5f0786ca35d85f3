package io.slackwater.pricing.testing;

import io.slackwater.pricing.Output;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.streaming.api.datastream.DataStream;

/** Everything that an output was given, as it comes. */
public final class Collected<T> implements Output<T> {
    private final List<T> seen = new ArrayList<>();
    private Iterator<T> iterator;
    private Thread reader;
    private RuntimeException failure;

    @Override
    public void write(DataStream<T> stream) {
        iterator = stream.collectAsync();
    }

    /** Begins to read; after the job was submitted. */
    public void start() {
        reader =
                new Thread(
                        () -> {
                            try {
                                while (iterator.hasNext()) {
                                    T next = iterator.next();
                                    synchronized (seen) {
                                        seen.add(next);
                                        seen.notifyAll();
                                    }
                                }
                            } catch (RuntimeException e) {
                                // The job was cancelled or failed: whoever still waits is told.
                                synchronized (seen) {
                                    failure = e;
                                    seen.notifyAll();
                                }
                            }
                        });
        reader.start();
    }

    /** Waits until what was given is as wanted. */
    public void await(Predicate<List<T>> condition) throws InterruptedException {
        synchronized (seen) {
            while (!condition.test(seen)) {
                if (failure != null) {
                    throw new IllegalStateException("the job ended first", failure);
                }
                seen.wait();
            }
        }
    }

    /** Everything that was given; waits for the end of the job. */
    public List<T> all() throws InterruptedException {
        reader.join();
        if (failure != null) {
            throw failure;
        }
        return seen;
    }

    /** What was given so far. */
    public List<T> seen() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }
}
