package io.slackwater.pricing.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * What one process told Prometheus: the text format, read as Prometheus reads it.
 *
 * <p>A metric is one {@code # TYPE} line with its samples. A sample of a summary or histogram is
 * named after its metric, with {@code _count}, {@code _sum} or {@code _bucket} behind it.
 */
public final class Scrape {

    /**
     * One value.
     *
     * @param name as it stands in a query
     * @param labels by name; empty: none
     */
    public record Sample(String name, Map<String, String> labels, double value) {}

    private static final int MOST_HANG_UPS = 100;
    private static final long PAUSE_NANOS = 100_000_000;

    private final String text;
    private final Map<String, String> types = new TreeMap<>();
    private final List<Sample> samples = new ArrayList<>();

    private Scrape(String text) {
        this.text = text;
        for (String line : text.split("\n")) {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ");
                types.put(words[2], words[3]);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                samples.add(sample(line));
            }
        }
    }

    /**
     * @throws IllegalArgumentException when a line is not of the text format
     */
    public static Scrape of(String text) {
        return new Scrape(text);
    }

    /**
     * Asks the reporter of a Flink process that listens on a port of this machine. Where it hangs
     * up it is asked again, as Prometheus does: it cannot answer while metrics come and go.
     *
     * @throws IOException when nobody listens, or it hangs up again and again
     */
    public static Scrape from(int port) throws IOException, InterruptedException {
        URI address = URI.create("http://localhost:" + port + "/metrics");
        for (int hungUp = 0; ; hungUp++) {
            try {
                return from(address);
            } catch (ConnectException e) {
                throw e;
            } catch (IOException e) {
                if (hungUp == MOST_HANG_UPS) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /**
     * @throws IOException also when the answer is not 200
     */
    public static Scrape from(URI address) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(address)
                                        .timeout(Duration.ofSeconds(20))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(address + " answers " + answer.statusCode());
        }
        return of(answer.body());
    }

    /** A port that nobody listened on a moment ago: the reporter cannot say which one it took. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no port is free", e);
        }
    }

    /** As it came. */
    public String text() {
        return text;
    }

    /** The metrics, each with its type: {@code gauge}, {@code counter}, {@code summary}, ... */
    public Map<String, String> types() {
        return Collections.unmodifiableMap(types);
    }

    /** The names of samples: what a query may name. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        samples.forEach(sample -> names.add(sample.name()));
        return names;
    }

    public List<Sample> samples() {
        return Collections.unmodifiableList(samples);
    }

    /**
     * Samples of a name that have certain labels.
     *
     * @param labels name, value, name, value, ...
     */
    public List<Sample> samples(String name, String... labels) {
        List<Sample> found = new ArrayList<>();
        for (Sample sample : samples) {
            boolean fits = sample.name().equals(name);
            for (int i = 0; fits && i < labels.length; i += 2) {
                fits = labels[i + 1].equals(sample.labels().get(labels[i]));
            }
            if (fits) {
                found.add(sample);
            }
        }
        return found;
    }

    /** As {@code sum(name{labels})} of a query; empty where there is no such sample. */
    public OptionalDouble sum(String name, String... labels) {
        List<Sample> found = samples(name, labels);
        return found.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(found.stream().mapToDouble(Sample::value).sum());
    }

    private static Sample sample(String line) {
        Map<String, String> labels = new LinkedHashMap<>();
        int brace = line.indexOf('{');
        int space = line.indexOf(' ');
        if (brace < 0 || (space >= 0 && space < brace)) {
            return new Sample(named(line, space), labels, value(line, space));
        }
        int at = brace + 1;
        while (at < line.length() && line.charAt(at) != '}') {
            int equals = line.indexOf("=\"", at);
            if (equals < 0) {
                throw new IllegalArgumentException("no label at " + at + " of: " + line);
            }
            StringBuilder value = new StringBuilder();
            int end = equals + 2;
            while (end < line.length() && line.charAt(end) != '"') {
                char next = line.charAt(end++);
                if (next == '\\' && end < line.length()) {
                    char escaped = line.charAt(end++);
                    next = escaped == 'n' ? '\n' : escaped;
                }
                value.append(next);
            }
            if (end >= line.length()) {
                throw new IllegalArgumentException("a label does not end: " + line);
            }
            labels.put(line.substring(at, equals).strip(), value.toString());
            at = end + 1;
            if (at < line.length() && line.charAt(at) == ',') {
                at++;
            }
        }
        return new Sample(
                named(line, brace), Collections.unmodifiableMap(labels), value(line, at + 1));
    }

    private static String named(String line, int end) {
        if (end <= 0) {
            throw new IllegalArgumentException("neither name nor value: " + line);
        }
        return line.substring(0, end);
    }

    private static double value(String line, int from) {
        if (from >= line.length()) {
            throw new IllegalArgumentException("no value: " + line);
        }
        // A timestamp may follow.
        String number = line.substring(from).strip().split(" ")[0];
        return switch (number) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(number);
        };
    }
}
