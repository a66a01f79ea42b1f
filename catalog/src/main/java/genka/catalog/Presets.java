package genka.catalog;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The named settings of GRPO in facts/presets.yaml, each value with its source. */
public final class Presets {
    static final String DEFAULT = "r1-zero";

    private Presets() {}

    /**
     * A preset.
     *
     * @param about what it is, in a sentence
     */
    public record Preset(String name, String about, List<Setting> settings) {
        public Preset {
            settings = List.copyOf(settings);
        }
    }

    /**
     * One value of a preset.
     *
     * @param key path below the stage: objective.kl_beta
     * @param value as a recipe would write it
     */
    public record Setting(String key, String value, String source, String date, Fact.Evidence evidence) {}

    /** Every preset of the file, in its order. */
    public static List<Preset> all() {
        Problems problems = new Problems();
        Path file = GenkaRoot.path().resolve("facts").resolve("presets.yaml");
        Section top = Facts.open(file, problems);
        top.text("about", "");
        List<Preset> presets = new ArrayList<>();
        Section list = top.section("presets");
        for (String name : list.node().entries().keySet()) {
            Section preset = list.section(name);
            String about = preset.requiredText("about", "what the preset is");
            Section settings = preset.section("settings");
            List<Setting> read = new ArrayList<>();
            for (String key : settings.node().entries().keySet()) {
                read.add(setting(key, settings.section(key)));
            }
            preset.close();
            presets.add(new Preset(name, about, read));
        }
        top.close();
        problems.throwIfAny();
        return presets;
    }

    private static Setting setting(String key, Section section) {
        Setting setting = new Setting(
                key,
                section.requiredText("value", "what the preset sets"),
                section.requiredText("source", "paper and section the value was read in"),
                section.requiredText("date", "when the source said so"),
                Facts.evidence(section));
        section.close();
        return setting;
    }

    /** The stage with its preset's values below its own keys. */
    static Section under(Section stage) {
        List<Preset> presets = all();
        List<String> names = presets.stream().map(Preset::name).toList();
        String name = stage.choice("preset", names, Optional.of(DEFAULT));
        Preset preset =
                presets.stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
        return stage.over(node(preset, stage.place()));
    }

    private static YamlNode.Mapping node(Preset preset, Place stage) {
        YamlNode.Mapping root = new YamlNode.Mapping(Map.of(), stage);
        for (Setting setting : preset.settings()) {
            root = with(root, setting.key().split("\\."), 0, setting.value());
        }
        return root;
    }

    private static YamlNode.Mapping with(YamlNode.Mapping node, String[] keys, int depth, String value) {
        Map<String, YamlNode> entries = new LinkedHashMap<>(node.entries());
        Place below = node.place().below(keys[depth]);
        if (depth == keys.length - 1) {
            entries.put(keys[depth], new YamlNode.Scalar(value, true, below));
        } else {
            YamlNode.Mapping old = entries.get(keys[depth]) instanceof YamlNode.Mapping mapping
                    ? mapping
                    : new YamlNode.Mapping(Map.of(), below);
            entries.put(keys[depth], with(old, keys, depth + 1, value));
        }
        return new YamlNode.Mapping(entries, node.place());
    }
}
