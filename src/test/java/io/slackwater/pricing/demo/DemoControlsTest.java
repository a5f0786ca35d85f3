package io.slackwater.pricing.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.dashboard.Controls.Button;
import io.slackwater.pricing.settings.SettingsReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What needs no broker; {@link DemoIT} presses every button. */
class DemoControlsTest {

    private final Feed feed = new Feed("localhost:9");
    private final List<String> told = new ArrayList<>();
    private final List<Integer> killed = new ArrayList<>();
    private final DemoControls controls =
            new DemoControls(
                    SettingsReader.read(
                            new String[] {
                                "--kafka.bootstrap.servers=localhost:9",
                                "--kafka.environment=test",
                                "--lake.enabled=false",
                                "--database.enabled=false"
                            },
                            Map.of()),
                    feed,
                    this::kill,
                    () -> Long.MIN_VALUE,
                    () -> 0,
                    List::of,
                    told::add);

    private int kill() {
        killed.add(1);
        return 1;
    }

    @AfterEach
    void close() {
        feed.close();
    }

    @Test
    void hasButtonsOfDifferentNamesWithAHintEach() {
        Set<String> ids = new HashSet<>();
        for (Button button : controls.buttons()) {
            assertTrue(ids.add(button.id()), button.id());
            assertTrue(button.hint().endsWith("."), button.hint());
        }
        assertEquals(
                Set.of("price-change", "promotion", "late", "duplicate", "broken", "kill"), ids);
    }

    @Test
    void killsATaskManagerAndTellsTheScreen() {
        String done = controls.press("kill");

        assertTrue(done.startsWith("Killed task manager 1 of 2;"), done);
        assertEquals(List.of(done), told);
        assertEquals(1, killed.size());
    }

    @Test
    void asksForPatienceWhileNoMessageWasSent() {
        for (String button : List.of("late", "duplicate", "broken")) {
            IllegalStateException refused =
                    assertThrows(IllegalStateException.class, () -> controls.press(button));
            assertEquals("No message was sent yet; try again in a moment.", refused.getMessage());
        }
    }

    @Test
    void takesNothingMoreWhenTheDemoEnds() {
        controls.end();

        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> controls.press("kill"));
        assertEquals("The demo is ending and takes nothing more.", refused.getMessage());
        assertTrue(killed.isEmpty());
    }
}
