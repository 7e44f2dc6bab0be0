"""otter-grader: a master notebook for `otter assign`, and the plugin by which `otter run` grades with this engine."""
