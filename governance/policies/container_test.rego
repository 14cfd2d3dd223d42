package policy.container_test

import data.policy.container

test_other_registries_pass if container.allow with input as {"image_reg": "registry.example.eu"}

test_this_registry_does_not if not container.allow with input as {"image_reg": "unapproved.registry.com"}
