package io.slackwater.pricing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.testing.Boards;
import io.slackwater.pricing.testing.Boards.Query;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The Grafana boards as files. That every query has an answer on a running job is in {@code
 * AlarmsIT}.
 */
class BoardsTest {

    private static final int COLUMNS = 24;

    /** Units of Grafana that these boards use: one for each kind of figure. */
    private static final Set<String> UNITS =
            Set.of("short", "none", "ops", "s", "ms", "bytes", "percent", "percentunit");

    private static final Pattern NAME =
            Pattern.compile("\\b(?:flink_(?:task|job)manager_\\w+|slackwater(?:_|:)[\\w:]+)");

    private final Map<String, JsonNode> boards = Boards.all();

    @Test
    void thereIsOneForTheBusinessAndOneForTheOperator() {
        assertEquals(Set.of("business.json", "operator.json"), boards.keySet());
        Set<String> ids = new HashSet<>();
        boards.values().forEach(board -> assertTrue(ids.add(board.get("uid").asText())));
    }

    @Test
    void noPanelCoversAnotherOrLeavesTheBoard() {
        boards.forEach(
                (name, board) -> {
                    Set<Integer> ids = new HashSet<>();
                    Set<String> titles = new HashSet<>();
                    Set<String> cells = new HashSet<>();
                    for (JsonNode panel : board.get("panels")) {
                        String title = panel.get("title").asText();
                        assertTrue(ids.add(panel.get("id").asInt()), title);
                        assertTrue(titles.add(title), name + " has it twice: " + title);
                        JsonNode place = panel.get("gridPos");
                        int left = place.get("x").asInt();
                        int top = place.get("y").asInt();
                        assertTrue(left + place.get("w").asInt() <= COLUMNS, title);
                        for (int x = left; x < left + place.get("w").asInt(); x++) {
                            for (int y = top; y < top + place.get("h").asInt(); y++) {
                                assertTrue(cells.add(x + "/" + y), title + " covers another");
                            }
                        }
                    }
                });
    }

    @Test
    void everyPanelSaysWhatItShowsAndInWhichUnit() {
        boards.values()
                .forEach(
                        board -> {
                            for (JsonNode panel : board.get("panels")) {
                                String title = panel.get("title").asText();
                                assertTrue(panel.get("description").asText().endsWith("."), title);
                                String unit = panel.at("/fieldConfig/defaults/unit").asText();
                                assertTrue(UNITS.contains(unit), title + ": " + unit);
                                Set<String> letters = new HashSet<>();
                                for (JsonNode target : panel.get("targets")) {
                                    assertTrue(letters.add(target.get("refId").asText()), title);
                                    assertFalse(
                                            target.get("legendFormat").asText().isBlank(), title);
                                }
                                assertFalse(letters.isEmpty(), title);
                            }
                        });
    }

    @Test
    void everyMetricIsExplainedInTheTableOrRecordedByTheRules() throws IOException {
        String table = Files.readString(Path.of("docker/metrics.md"));
        String rules = Files.readString(Path.of("docker/prometheus/alarms.yaml"));
        for (Query query : Boards.queries()) {
            // Label values such as "slackwater_pricing" are no metrics.
            String names = query.expression().replaceAll("\"[^\"]*\"", "");
            for (MatchResult match : NAME.matcher(names).results().toList()) {
                String name = match.group();
                assertTrue(
                        name.startsWith("slackwater:")
                                ? rules.contains("record: " + name + "\n")
                                : table.contains("`" + name + "`"),
                        name + " of " + query);
            }
        }
    }
}
