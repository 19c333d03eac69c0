package dev.sotto.embedded;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Keeps from a service what only others on the class path need: here all share one, while in its
 * own image each service has its own libraries alone. What is hidden is said in {@value #SETTING},
 * as the beginnings of class names.
 */
final class HiddenAutoConfigurations implements AutoConfigurationImportFilter, EnvironmentAware {
  static final String SETTING = "sotto.embedded.hide";

  private String[] hidden = {};

  /** Made by Spring. */
  HiddenAutoConfigurations() {}

  @Override
  public void setEnvironment(Environment environment) {
    hidden = environment.getProperty(SETTING, String[].class, new String[0]);
  }

  @Override
  public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
    boolean[] kept = new boolean[classes.length];
    for (int i = 0; i < classes.length; i++) {
      String name = classes[i];
      kept[i] = name == null || !hides(name);
    }
    return kept;
  }

  private boolean hides(String name) {
    for (String beginning : hidden) {
      if (name.startsWith(beginning)) {
        return true;
      }
    }
    return false;
  }
}
