package io.slackwater.pricing.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.testing.Poll;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo as a person runs it, in a process of its own, with somebody who presses every button on
 * its page while prices flow.
 */
class DemoIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PAGE = Pattern.compile("live page +(http://localhost:[0-9]+)");

    @TempDir Path dir;

    private final HttpClient http = HttpClient.newHttpClient();
    private Path said;
    private String page;

    @Test
    @Timeout(value = 6, unit = TimeUnit.MINUTES)
    void keepsEveryPromiseWhateverAVisitorPresses() throws Exception {
        Process demo = start("--for", "100s", "--rate", "60", "--seed", "20261121");
        try {
            Poll.until("the page", () -> PAGE.matcher(text()).find(), this::text);
            Matcher where = PAGE.matcher(text());
            assertTrue(where.find());
            page = where.group(1);
            Poll.until("the first prices", () -> isKept("nothing-twice"), this::text);

            assertTrue(press("price-change").contains("base price of standard"));
            assertTrue(press("promotion").contains("20 % off everything"));
            assertTrue(press("late").contains("must not move"));
            assertTrue(press("duplicate").contains("once more"));
            assertTrue(press("broken").contains("a dozen"));
            assertTrue(press("kill").contains("Killed task manager 1 of 2"));
            HttpResponse<String> again = post("kill");
            assertEquals(409, again.statusCode(), again.body());
            assertTrue(again.body().contains("its successor is not there yet"), again.body());

            // None may break meanwhile; where the machine is slow, the end comes first.
            Poll.until(
                    "the job's second life",
                    () -> !demo.isAlive() || allKept(promises()),
                    this::text);
            assertTrue(demo.waitFor(150, TimeUnit.SECONDS), this::text);
        } finally {
            demo.destroy();
            if (!demo.waitFor(20, TimeUnit.SECONDS)) {
                demo.destroyForcibly();
            }
        }
        assertEquals(0, demo.exitValue(), this::text);
        String summary = text();
        assertTrue(summary.contains("adds up: yes"), summary);
        assertTrue(summary.contains("1 task managers killed"), summary);
        assertTrue(summary.contains("yes every price is what the rules say"), summary);
        for (String kind : List.of("late", "sent twice", "broken")) {
            assertTrue(summary.contains("1 " + kind + ", by a visitor"), summary);
        }
        assertFalse(summary.contains("0 failures"), summary);
        assertFalse(Files.exists(dir.resolve("scratch")), "nothing stays behind");
    }

    private Process start(String... options) throws IOException {
        Path scratch = Files.createDirectories(dir.resolve("scratch"));
        Files.createDirectories(scratch.resolve("tmp"));
        said = dir.resolve("said.txt");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-Xmx1g",
                                "-Djava.io.tmpdir=" + scratch.resolve("tmp"),
                                "-Dslackwater.scratch=" + scratch,
                                "-Dslackwater.home=" + new File("").getAbsolutePath(),
                                "-Dlog.file=" + dir.resolve("demo.log"),
                                "-Dlog4j.configurationFile=flink-conf/log4j.properties",
                                "-cp",
                                System.getProperty("java.class.path")));
        // What Java must open to Flink, as this JVM was told too.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens"))
                .forEach(command::add);
        command.add(Demo.class.getName());
        command.addAll(List.of("--page-port", "0", "--ui-port", "0"));
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
    }

    private String press(String button) throws Exception {
        HttpResponse<String> answer = post(button);
        assertEquals(200, answer.statusCode(), button + ": " + answer.body());
        return JSON.readTree(answer.body()).path("text").asText();
    }

    private HttpResponse<String> post(String button) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(page + "/api/controls?id=" + button))
                        .header("X-Slackwater", "page")
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    /** The state of every promise, by its name, as a page that is opened now shows it. */
    private Map<String, String> promises() throws Exception {
        try {
            return promisesNow();
        } catch (IOException e) {
            return Map.of(); // The page is not there any more, as the demo has ended.
        }
    }

    private Map<String, String> promisesNow() throws Exception {
        HttpResponse<Stream<String>> stream =
                http.send(
                        HttpRequest.newBuilder(URI.create(page + "/api/stream")).build(),
                        BodyHandlers.ofLines());
        Map<String, String> states = new TreeMap<>();
        try (Stream<String> lines = stream.body()) {
            String data =
                    lines.filter(line -> line.startsWith("data:") && line.contains("\"promises\""))
                            .findFirst()
                            .orElse("data:{}");
            JsonNode json = JSON.readTree(data.substring("data:".length()));
            for (JsonNode promise : json.path("controls").path("promises")) {
                states.put(promise.path("id").asText(), promise.path("state").asText());
                assertFalse(promise.path("state").asText().equals("broken"), promise::toString);
            }
        }
        return states;
    }

    private boolean isKept(String promise) throws Exception {
        return "kept".equals(promises().get(promise));
    }

    private static boolean allKept(Map<String, String> promises) {
        return promises.size() == 4 && promises.values().stream().allMatch("kept"::equals);
    }

    private String text() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                Files.newInputStream(said), StandardCharsets.UTF_8))) {
            return String.join("\n", lines.lines().toList());
        } catch (IOException e) {
            return e.toString();
        }
    }
}
