package io.slackwater.pricing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.settings.SettingsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code jobs/pricing.properties}, the reader and the records of the settings say the same. */
class SettingsFileTest {

    private static final Path FILE = Path.of("jobs/pricing.properties");

    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, List<String>> comments = new LinkedHashMap<>();

    SettingsFileTest() throws IOException {
        List<String> comment = new ArrayList<>();
        for (String line : Files.readAllLines(FILE)) {
            if (line.startsWith("#")) {
                comment.add(line);
            } else if (line.isBlank()) {
                comment.clear();
            } else {
                String[] setting = line.split(" = ", 2);
                values.put(setting[0], setting[1]);
                comments.put(setting[0], List.copyOf(comment));
            }
        }
    }

    @Test
    void namesEveryKeyWithItsDefaultInTheSameOrder() {
        assertEquals(
                List.copyOf(SettingsReader.defaults().entrySet()), List.copyOf(values.entrySet()));
    }

    @Test
    void explainsEveryKeyAndStatesItsDefaultAndLimits() {
        comments.forEach(
                (key, comment) -> {
                    int lines = comment.size();
                    assertTrue(lines >= 3, key + " has no comment of its own");
                    assertEquals("# Default: " + values.get(key), comment.get(lines - 2), key);
                    assertTrue(
                            comment.get(lines - 1)
                                    .startsWith("# Allowed: " + SettingsReader.allowed().get(key)),
                            () ->
                                    key
                                            + " does not say what is allowed: "
                                            + SettingsReader.allowed().get(key));
                });
    }

    @Test
    void isWhatNoFileAtAllMeans() {
        assertEquals(
                SettingsReader.read(new String[0], Map.of()),
                SettingsReader.read(new String[] {"--settings", FILE.toString()}, Map.of()));
    }

    @Test
    void namesTheKeysThatTheRecordsOfTheSettingsName() throws IOException {
        String source =
                Files.readString(
                        Path.of("src/main/java/io/slackwater/pricing/settings/Settings.java"));
        Matcher matcher = Pattern.compile("@param \\w+ \\{@code ([a-z.]+)}").matcher(source);
        TreeSet<String> documented = new TreeSet<>();
        while (matcher.find()) {
            documented.add(matcher.group(1));
        }
        assertEquals(new TreeSet<>(SettingsReader.defaults().keySet()), documented);
    }

    @Test
    void tellsOfThePropertiesThatAreHandedThroughAndOfTheSecrets() throws IOException {
        String text = Files.readString(FILE);
        for (String named :
                List.of(
                        "kafka.client.NAME",
                        "lake.catalog.NAME",
                        SettingsReader.DATABASE_PASSWORD,
                        SettingsReader.LAKE_PASSWORD)) {
            assertTrue(text.contains(named), named + " is not named in " + FILE);
        }
    }
}
