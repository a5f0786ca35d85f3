package io.slackwater.pricing.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Grafana boards of {@code docker/grafana/dashboards}. */
public final class Boards {

    private static final Path FOLDER = Path.of("docker/grafana/dashboards");
    private static final Pattern LABEL = Pattern.compile("\\{\\{\\s*(\\w+)\\s*}}");

    private Boards() {}

    /**
     * What a panel asks Prometheus for.
     *
     * @param panel board and title, for people
     * @param labels that its legend needs
     */
    public record Query(String panel, String expression, List<String> labels) {

        @Override
        public String toString() {
            return panel + ": " + expression;
        }
    }

    /** All boards, by the name of their file. */
    public static Map<String, JsonNode> all() {
        Map<String, JsonNode> boards = new TreeMap<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.toList()) {
                boards.put(
                        file.getFileName().toString(), new ObjectMapper().readTree(file.toFile()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("A board does not parse", e);
        }
        return boards;
    }

    /** The queries of all panels of all boards. */
    public static List<Query> queries() {
        List<Query> queries = new ArrayList<>();
        all().forEach(
                        (name, board) -> {
                            for (JsonNode panel : board.get("panels")) {
                                for (JsonNode target : panel.get("targets")) {
                                    queries.add(
                                            new Query(
                                                    name + ", " + panel.get("title").asText(),
                                                    target.get("expr").asText(),
                                                    LABEL.matcher(
                                                                    target.get("legendFormat")
                                                                            .asText())
                                                            .results()
                                                            .map(match -> match.group(1))
                                                            .toList()));
                                }
                            }
                        });
        return queries;
    }
}
